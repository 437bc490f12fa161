export default { title: "sign_in" };
